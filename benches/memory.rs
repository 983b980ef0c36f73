//! Bytes of memory that a state takes, counted by the allocator: per slot without locks, and per release.

use std::alloc::System;
use std::hint::black_box;

use kuberpult_benches::Landscape;
use kuberpult_core::State;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The bytes that a value takes on the heap.
fn bytes_of<T>(make: impl FnOnce() -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    let value = black_box(make());
    let change = region.change();
    drop(value);
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}

fn main() {
    println!(
        "| applications x environments | releases | whole state | per slot | per slot, slots alone | per release |"
    );
    println!("|---|---|---|---|---|---|");
    for releases in [1, 20] {
        let landscape = Landscape { targets: 9, releases, behind: 0, ..Landscape::of(10_000) };
        let slots = landscape.applications * (landscape.targets + 1);
        let whole = bytes_of(|| landscape.state());
        let without_slots = bytes_of(|| {
            let mut state: State = landscape.state();
            state.environments.values_mut().for_each(|there| there.slots.clear());
            state
        });
        println!(
            "| {} x {} | {releases} | {:.1} MiB | {} | {} | {} |",
            landscape.applications,
            landscape.targets + 1,
            whole as f64 / f64::from(1 << 20),
            whole / slots,
            (whole - without_slots) / slots,
            without_slots / (landscape.applications * usize::try_from(releases).unwrap_or(1)),
        );
    }
}
