//! What is rendered is what others expect: the models of two libraries, and Discord's own schema.

mod libraries;
mod objects;
mod schema;
