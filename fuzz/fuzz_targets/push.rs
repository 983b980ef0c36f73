//! A stranger pushes into a manifest repository. `tests/manifest_repository/hostile.rs` runs the same on the seeds.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kuberpult_tests::stranger::push(bytes);
});
