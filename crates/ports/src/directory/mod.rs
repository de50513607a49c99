//! The directory: accounts, devices, friends, private channels, applications, guilds. One transaction per method, in the SQL
//! that SQLite and MySQL share.

pub mod accounts;
pub mod applications;
pub mod channels;
pub mod devices;
pub mod guilds;
pub mod instance;
pub mod relationships;

pub use accounts::Accounts;
pub use applications::Applications;
pub use channels::PrivateChannels;
pub use devices::Devices;
pub use guilds::Guilds;
pub use instance::Instance;
pub use relationships::Relationships;

/// All of the directory.
pub trait Directory:
    Accounts + Devices + Relationships + PrivateChannels + Applications + Guilds + Instance
{
}

impl<T: Accounts + Devices + Relationships + PrivateChannels + Applications + Guilds + Instance> Directory
    for T
{
}
