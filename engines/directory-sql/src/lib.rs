//! directory-sql
