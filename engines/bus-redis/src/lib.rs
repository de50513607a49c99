//! The bus, presence, rate counters and parked sessions of many processes, on Redis Cluster.
