//! bus-memory
