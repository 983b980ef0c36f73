//! The transport on real servers. `kuberpult-test-servers` says which.

mod cut_connections;
mod fixture;
mod hostile;
mod managed;
mod names;
mod refusals;
mod round_trip;
