//! The command line of kuberpult.
fn main() {}
