//! Messages on Cassandra or ScyllaDB.
