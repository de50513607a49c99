//! Faults of a form, by field, as Discord reports them.

use std::collections::BTreeMap;

/// One fault of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Discord's code, such as `BASE_TYPE_MAX_LENGTH`.
    pub code: &'static str,
    /// What a person reads.
    pub message: String,
}

/// Faults by field path (`embeds.0.title`); the empty path is the whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(pub BTreeMap<String, Vec<Fault>>);

impl FormErrors {
    /// One fault.
    pub fn one(path: &str, code: &'static str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(path, code, message);
        errors
    }

    /// Adds a fault.
    pub fn push(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.0.entry(path.to_owned()).or_default().push(Fault { code, message: message.into() });
    }

    /// A required field is missing.
    pub fn required(&mut self, path: &str) {
        self.push(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// The text must have this many code points.
    pub fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        let len = text.chars().count();
        if len > max && min == 0 {
            self.push(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        } else if len < min || len > max {
            self.push(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
        }
    }

    /// Nothing wrong so far?
    ///
    /// # Errors
    /// The faults, if there are any.
    pub fn finish(self) -> Result<(), crate::Error> {
        if self.0.is_empty() { Ok(()) } else { Err(crate::Error::Form(self)) }
    }
}
