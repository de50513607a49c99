//! The bus, presence, voice states and rate counters of one process: nothing leaves it, and a restart forgets it all, as the ports
//! allow.

mod bus;
mod presence;
mod rates;
mod sessions;
mod steady;
mod voice;

pub use bus::BusMemory;
pub use presence::PresencesMemory;
pub use rates::RatesMemory;
pub use sessions::SessionsMemory;
pub use voice::VoiceMemory;
