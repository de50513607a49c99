//! What tests of Guildhall share: the contract of every port as code that each engine must pass, and the time and the
//! ids that a test moves by hand.

pub mod clock;
pub mod conformance;
