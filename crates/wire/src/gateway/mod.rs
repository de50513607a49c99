//! The gateway's frames: what clients send ([`incoming`]), what they are told ([`dispatch`]), and the numbers that
//! both sides agree on.

pub mod close;
pub mod dispatch;
pub mod frame;
pub mod incoming;
pub mod intents;
pub mod opcode;
