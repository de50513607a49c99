//! How far a server is: MariaDB's global transaction ids.

use smallvec::SmallVec;

/// A place in the log of all transactions, `0-1-42` or several such, one for each domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Domain and sequence number.
    numbers: SmallVec<[(u32, u64); 1]>,
    text: String,
}

impl Position {
    /// What no version of MariaDB writes counts as the beginning.
    pub(crate) fn parse(text: &str) -> Self {
        let number = |gtid: &str| {
            let mut parts = gtid.trim().split('-');
            let (domain, _server, sequence) = (parts.next()?, parts.next()?, parts.next()?);
            Some((domain.parse().ok()?, sequence.parse().ok()?))
        };
        Self { numbers: text.split(',').filter_map(number).collect(), text: text.to_owned() }
    }

    /// As MariaDB spells it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether everything up to `other` is in what is up to here.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.numbers.iter().all(|(domain, sequence)| {
            self.numbers.iter().any(|(here, reached)| here == domain && reached >= sequence)
        })
    }

    /// Moves forward to `other`, never back.
    pub(crate) fn advance(&mut self, other: &Self) {
        if !self.covers(other) {
            *self = other.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_compared_by_domain() {
        let at = Position::parse;
        assert!(at("0-1-9").covers(&at("0-2-9")) && at("0-1-9").covers(&at("")));
        assert!(!at("0-1-9").covers(&at("0-1-10")) && !at("").covers(&at("0-1-1")));
        assert!(at("0-1-9,1-1-3").covers(&at("1-7-2")) && !at("0-1-9").covers(&at("1-7-2")));
        let mut position = at("0-1-9");
        position.advance(&at("0-1-8"));
        assert_eq!(position, at("0-1-9"));
        position.advance(&at("0-1-12"));
        assert_eq!(position.text(), "0-1-12");
    }
}
