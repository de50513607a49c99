//! messages-sqlite
