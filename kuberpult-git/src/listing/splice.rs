//! A listing with some entries changed, made of the one before without looking at the others.

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::tree::{EntryKind, EntryMode};

use super::{Listing, Place, order_in_git};
use crate::delta::Delta;

/// What a name is to stand for: an entry, or nothing.
pub(crate) type NewEntry<'a> = (&'a str, Option<(EntryKind, ObjectId)>);

/// A listing whose id is not known yet.
pub(crate) struct Draft {
    data: Vec<u8>,
    places: Vec<Place>,
    /// The instructions that make the listing before of this one.
    pub(crate) back: Vec<u8>,
}

/// A change at one place.
struct Splice<'a> {
    /// Before, or in place of, which entry.
    index: usize,
    in_place: bool,
    name: &'a BStr,
    kind: EntryKind,
    /// The id of the new entry; none if there is none.
    id: Option<ObjectId>,
}

impl Listing {
    /// The listing with these entries changed; none if they are what is there already. Each name comes once.
    pub(crate) fn draft(before: Option<&Self>, entries: &[NewEntry<'_>]) -> Option<Draft> {
        let mut splices = Vec::with_capacity(entries.len());
        for (name, entry) in entries {
            push_splices(before, name, *entry, &mut splices);
        }
        // What is put before an entry comes before what is done with the entry.
        splices.sort_by(|left, right| {
            let order = (left.index, left.in_place).cmp(&(right.index, right.in_place));
            order.then_with(|| order_in_git((left.name, left.kind), (right.name, right.kind)))
        });
        (!splices.is_empty()).then(|| Draft::new(before, &splices))
    }

    fn index_in_git(&self, key: (&BStr, EntryKind)) -> usize {
        self.places.partition_point(|place| order_in_git((self.name(*place), place.kind), key).is_lt())
    }

    /// Where an entry begins, or where they all end.
    fn start(&self, index: usize) -> usize {
        self.places.get(index).map_or(self.data.len(), |place| place.start as usize)
    }
}

fn push_splices<'a>(
    before: Option<&Listing>,
    name: &'a str,
    entry: Option<(EntryKind, ObjectId)>,
    splices: &mut Vec<Splice<'a>>,
) {
    let there = before.and_then(|before| before.entry(name)).map(|there| (there.kind, there.id));
    if there == entry {
        return;
    }
    let name = BStr::new(name);
    let index = |kind| before.map_or(0, |before| before.index_in_git((name, kind)));
    let is_directory = |kind| kind == EntryKind::Tree;
    match (there.map(|(kind, _)| kind), entry) {
        (Some(there), Some((kind, id))) if is_directory(there) == is_directory(kind) => {
            splices.push(Splice { index: index(there), in_place: true, name, kind, id: Some(id) });
        }
        (there, entry) => {
            let gone = there.map(|kind| Splice { index: index(kind), in_place: true, name, kind, id: None });
            let new = entry.map(|(kind, id)| Splice {
                index: index(kind),
                in_place: false,
                name,
                kind,
                id: Some(id),
            });
            splices.extend(gone.into_iter().chain(new));
        }
    }
}

impl Draft {
    fn new(before: Option<&Listing>, splices: &[Splice<'_>]) -> Self {
        let old = before.map_or(&[][..], |before| &before.data);
        let places = before.map_or(&[][..], |before| &before.places);
        let start = |index| before.map_or(0, |before| before.start(index));
        let room = splices.iter().map(|splice| splice.name.len() + 48).sum::<usize>();
        let mut draft = Self {
            data: Vec::with_capacity(old.len() + room),
            places: Vec::with_capacity(places.len() + splices.len()),
            back: Vec::new(),
        };
        // What the way back says, in terms of the old content: where something is the same, and what is not.
        let mut steps = Vec::with_capacity(splices.len());
        let mut index = 0;
        for splice in splices {
            draft.keep(old, places, index..splice.index, start(index)..start(splice.index));
            index = splice.index + usize::from(splice.in_place);
            steps.push((draft.data.len(), start(splice.index)..start(index)));
            if let Some(id) = splice.id {
                draft.push(splice.name, splice.kind, id);
            }
        }
        draft.keep(old, places, index..places.len(), start(index)..old.len());
        let mut back = Delta::new(draft.data.len(), old.len());
        let (mut at_old, mut at) = (0, 0);
        for (splice, (place, removed)) in splices.iter().zip(steps) {
            back.copy(at, removed.start - at_old);
            back.insert(old.get(removed.clone()).unwrap_or_default());
            at_old = removed.end;
            at = place + splice.id.map_or(0, |id| entry_length(splice.name, splice.kind, id));
        }
        back.copy(at, old.len() - at_old);
        draft.back = back.into_bytes();
        draft
    }

    /// Takes entries over that stay.
    fn keep(
        &mut self,
        old: &[u8],
        places: &[Place],
        indexes: std::ops::Range<usize>,
        bytes: std::ops::Range<usize>,
    ) {
        let (from, to) = (bytes.start as u32, self.data.len() as u32);
        self.data.extend_from_slice(old.get(bytes).unwrap_or_default());
        let moved = |at: u32| at - from + to;
        self.places.extend(places.get(indexes).unwrap_or_default().iter().map(|place| Place {
            start: moved(place.start),
            name: moved(place.name),
            id: moved(place.id),
            kind: place.kind,
        }));
    }

    fn push(&mut self, name: &BStr, kind: EntryKind, id: ObjectId) {
        let start = self.data.len() as u32;
        self.data.extend_from_slice(EntryMode::from(kind).as_bytes(&mut Default::default()));
        self.data.push(b' ');
        let name_at = self.data.len() as u32;
        self.data.extend_from_slice(name);
        self.data.push(0);
        self.places.push(Place { start, name: name_at, id: self.data.len() as u32, kind });
        self.data.extend_from_slice(id.as_bytes());
    }

    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    /// The listing, given its id. The one before had no bad name, and this has none.
    pub(crate) fn into_listing(self, id: ObjectId) -> Listing {
        let mut listing = Listing { id, data: self.data, places: self.places, by_name: None, bad_name: None };
        let names = |pair: &[Place]| match pair {
            [left, right] => listing.name(*left) < listing.name(*right),
            _ => true,
        };
        if !listing.places.windows(2).all(names) {
            listing.by_name = Some(listing.sorted_by_name());
        }
        listing
    }
}

fn entry_length(name: &BStr, kind: EntryKind, id: ObjectId) -> usize {
    EntryMode::from(kind).as_bytes(&mut Default::default()).len() + 1 + name.len() + 1 + id.as_bytes().len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{data, id};
    use super::*;
    use crate::delta::applied;

    #[test]
    fn a_draft_is_what_git_would_write() {
        const NAMES: [&str; 6] = ["a", "a-b", "a.b", "a0", "b", "ab"];
        let kinds = [None, Some(EntryKind::Blob), Some(EntryKind::Tree)];
        let listing = |kinds: &[Option<EntryKind>], of: u8| {
            let mut entries: Vec<_> =
                NAMES.iter().zip(kinds).filter_map(|(name, kind)| Some((*name, (*kind)?))).collect();
            entries.sort_by(|left, right| {
                order_in_git((BStr::new(left.0), left.1), (BStr::new(right.0), right.1))
            });
            let mode = |kind| if kind == EntryKind::Tree { "40000" } else { "100644" };
            let entries: Vec<_> = entries.iter().map(|(name, kind)| (mode(*kind), *name, of)).collect();
            Listing::parse(id(9), data(&entries)).unwrap()
        };
        let combination = |number: usize| -> Vec<Option<EntryKind>> {
            (0..NAMES.len() as u32).map(|at| kinds[number / 3_usize.pow(at) % 3]).collect()
        };
        let all = 3_usize.pow(NAMES.len() as u32);
        for (from, to) in (0..all).map(|number| (number, number * 397 % all)) {
            let (before, after) = (listing(&combination(from), 1), listing(&combination(to), 2));
            let entries: Vec<NewEntry<'_>> = NAMES
                .iter()
                .map(|name| (*name, after.entry(name).map(|entry| (entry.kind, entry.id))))
                .collect();
            let draft = Listing::draft(Some(&before), &entries);
            let Some(draft) = draft else {
                assert_eq!(before.data, after.data);
                continue;
            };
            assert_eq!(applied(&draft.data, &draft.back), Some(before.data), "{from} {to}");
            assert_eq!(draft.into_listing(id(9)), after, "{from} {to}");
        }
    }
}
