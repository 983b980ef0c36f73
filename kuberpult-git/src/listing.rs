//! [`Listing`]: the content of a directory, as git stores it and with each entry's place in it.

mod splice;

use std::cmp::Ordering;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;

pub(crate) use splice::NewEntry;

/// The content of a directory. It stays as git stores it, so that wide directories are read, compared and changed
/// without taking them apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    id: ObjectId,
    data: Vec<u8>,
    /// The entries in git's order, which sorts directories as if their names ended in `/`.
    places: Vec<Place>,
    /// The entries in the order of their names, if that is another order.
    by_name: Option<Vec<Place>>,
    /// The first entry with a name that git would not take.
    bad_name: Option<Place>,
}

/// Where an entry is in the content of its directory. INVARIANT: within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    start: u32,
    name: u32,
    id: u32,
    kind: EntryKind,
}

/// What a directory has under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a BStr,
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
}

impl Listing {
    /// Reads a directory. An error says what was found in place of a directory as git writes it: with entries in order
    /// and no name twice.
    pub(crate) fn parse(id: ObjectId, data: Vec<u8>) -> Result<Self, String> {
        let id_length = id.as_bytes().len();
        // With a mode and a name of thirty characters.
        let mut places: Vec<Place> = Vec::with_capacity(data.len() / (8 + 30 + id_length) + 4);
        let mut before: Option<(&BStr, EntryKind)> = None;
        let mut is_in_order_of_names = true;
        let mut bad_name = None;
        let mut start = 0;
        for entry in TreeRefIter::from_bytes(&data, id.kind()) {
            let malformed = || format!("what is no entry after {} others", places.len());
            let entry = entry.map_err(|_| malformed())?;
            let this = (entry.filename, entry.mode.kind());
            if let Some(before) = before {
                // Where no name is the beginning of the other, both orders are the same.
                let in_order_of_names = before.0 < this.0;
                let is_plain = in_order_of_names && !this.0.starts_with(before.0);
                if !is_plain && order_in_git(before, this) != Ordering::Less {
                    return Err(format!("`{}` after `{}`", this.0, before.0));
                }
                is_in_order_of_names &= in_order_of_names;
            }
            before = Some(this);
            let mode = data.get(start..).and_then(|rest| rest.find_byte(b' ')).ok_or_else(malformed)?;
            let name = start + mode + 1;
            let id = name + entry.filename.len() + 1;
            let place = Place { start: start as u32, name: name as u32, id: id as u32, kind: this.1 };
            places.push(place);
            bad_name = bad_name.or(is_bad_name(this.0).then_some(place));
            start = id + id_length;
        }
        let mut listing = Self { id, data, places, by_name: None, bad_name };
        if !is_in_order_of_names {
            listing.sort_by_name()?;
        }
        Ok(listing)
    }

    fn sorted_by_name(&self) -> Vec<Place> {
        let mut by_name = self.places.clone();
        by_name.sort_by(|left, right| self.name(*left).cmp(self.name(*right)));
        by_name
    }

    fn sort_by_name(&mut self) -> Result<(), String> {
        let by_name = self.sorted_by_name();
        let same = |pair: &[Place]| match pair {
            [left, right] if self.name(*left) == self.name(*right) => Some(self.name(*left).to_owned()),
            _ => None,
        };
        // A file and a directory of one name are in git's order, and need not be neighbours in it.
        if let Some(name) = by_name.windows(2).find_map(same) {
            return Err(format!("`{name}` twice"));
        }
        self.by_name = Some(by_name);
        Ok(())
    }

    /// The id of the directory.
    pub(crate) fn id(&self) -> ObjectId {
        self.id
    }

    /// The directory as git stores it.
    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What is there under a name.
    pub(crate) fn entry(&self, name: &str) -> Option<Entry<'_>> {
        self.find(name).map(|place| self.at(place))
    }

    /// All that is there, in the order of names.
    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.by_name().iter().map(|place| self.at(*place))
    }

    /// A name that git takes for an attack, if there is one.
    pub(crate) fn bad_name(&self) -> Option<&BStr> {
        self.bad_name.map(|place| self.name(place))
    }

    fn by_name(&self) -> &[Place] {
        self.by_name.as_ref().unwrap_or(&self.places)
    }

    fn find(&self, name: &str) -> Option<Place> {
        let places = self.by_name();
        let index = places.binary_search_by(|place| self.name(*place).cmp(BStr::new(name))).ok()?;
        places.get(index).copied()
    }

    fn at(&self, place: Place) -> Entry<'_> {
        let id = self.data.get(place.id as usize..self.end(place)).and_then(|id| ObjectId::try_from(id).ok());
        // INVARIANT: places are within the data.
        let id = id.unwrap_or_else(|| self.id.kind().null());
        Entry { name: self.name(place), kind: place.kind, id }
    }

    fn name(&self, place: Place) -> &BStr {
        BStr::new(self.data.get(place.name as usize..place.id as usize - 1).unwrap_or_default())
    }

    fn end(&self, place: Place) -> usize {
        place.id as usize + self.id.as_bytes().len()
    }
}

/// The order in which git has two entries.
fn order_in_git(left: (&BStr, EntryKind), right: (&BStr, EntryKind)) -> Ordering {
    let common = left.0.len().min(right.0.len());
    let next = |(name, kind): (&BStr, EntryKind)| {
        name.get(common).copied().or((kind == EntryKind::Tree).then_some(b'/'))
    };
    left.0.get(..common).cmp(&right.0.get(..common)).then_with(|| next(left).cmp(&next(right)))
}

fn is_bad_name(name: &BStr) -> bool {
    match name.first() {
        None => true,
        Some(b'.') => name == "." || name == ".." || name.eq_ignore_ascii_case(b".git"),
        Some(_) => name.contains(&b'/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn id(of: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[of; 20])
    }

    pub(super) fn data(entries: &[(&str, &str, u8)]) -> Vec<u8> {
        let mut data = Vec::new();
        for (mode, name, of) in entries {
            data.extend(format!("{mode} {name}\0").into_bytes());
            data.extend(id(*of).as_bytes());
        }
        data
    }

    const FILE: &str = "100644";
    const DIRECTORY: &str = "40000";

    #[test]
    fn entries_are_found_where_they_are() {
        // As git sorts them: `a-b` is before the directory `a`, which is before `a0`.
        let data = data(&[(FILE, "a-b", 1), (DIRECTORY, "a", 2), (FILE, "a0", 3), ("120000", "b", 4)]);
        let listing = Listing::parse(id(9), data).unwrap();
        let names: Vec<_> = listing.entries().map(|entry| entry.name.to_string()).collect();
        assert_eq!(names, ["a", "a-b", "a0", "b"]);
        for (name, of, kind) in
            [("a-b", 1, EntryKind::Blob), ("a", 2, EntryKind::Tree), ("b", 4, EntryKind::Link)]
        {
            let entry = listing.entry(name).unwrap();
            assert_eq!((entry.id, entry.kind), (id(of), kind), "{name}");
        }
        assert_eq!(listing.entry("a-"), None);
        assert_eq!(listing.bad_name(), None);
    }

    #[test]
    fn bad_names_are_noticed() {
        for name in [".", "..", ".git", ".GiT", "a/b"] {
            let listing = Listing::parse(id(9), data(&[(FILE, "!", 1), (FILE, name, 2)])).unwrap();
            assert_eq!(listing.bad_name().map(ToString::to_string).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_directory_that_git_would_not_write_is_refused() {
        for (entries, found) in [
            (&[(FILE, "b", 1), (FILE, "a", 2)][..], "`a` after `b`"),
            (&[(FILE, "a", 1), (FILE, "a", 2)][..], "`a` after `a`"),
            (&[(FILE, "a", 1), (FILE, "a-b", 2), (DIRECTORY, "a", 3)][..], "`a` twice"),
            (&[(DIRECTORY, "a", 1), (FILE, "a-b", 2)][..], "`a-b` after `a`"),
        ] {
            assert_eq!(Listing::parse(id(9), data(entries)).unwrap_err(), found);
        }
        let mut cut = data(&[(FILE, "a", 1), (FILE, "b", 2)]);
        cut.pop();
        assert_eq!(Listing::parse(id(9), cut).unwrap_err(), "what is no entry after 1 others");
    }
}
