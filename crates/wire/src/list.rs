//! Lists whose items are shown by a function, written without a copy.

use serde::{Serialize, Serializer};

/// A list whose items are shown by a function.
#[derive(Debug, Clone, Copy)]
pub struct List<'a, T, F>(&'a [T], F);

/// Shows a list. This constructor says what the function takes, so that closures need not.
pub fn list<'a, T, O, F: Fn(&'a T) -> O>(items: &'a [T], show: F) -> List<'a, T, F> {
    List(items, show)
}

impl<'a, T, O: Serialize, F: Fn(&'a T) -> O> Serialize for List<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}
