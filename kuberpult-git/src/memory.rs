//! [`Memory`]: what an open repository remembers of the objects it has read or made.

use std::mem;

use gix::ObjectId;
use gix::hashtable::HashMap;

/// Values by the id of the object that they were read from. As an id names one content for ever, nothing in here is ever
/// out of date: when the branch moves, what is the same in the new tree is known already.
///
/// What was not used for long is forgotten: there are two generations, and when the young one is full, the old one goes
/// and the young one takes its place.
#[derive(Debug)]
pub(crate) struct Memory<V> {
    young: HashMap<ObjectId, (V, usize)>,
    old: HashMap<ObjectId, (V, usize)>,
    young_bytes: usize,
    limit: usize,
}

impl<V: Clone> Memory<V> {
    /// A memory that holds about this many bytes at most.
    pub(crate) fn of_bytes(bytes: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), young_bytes: 0, limit: bytes / 2 }
    }

    /// The value of an object.
    pub(crate) fn get(&mut self, id: &ObjectId) -> Option<V> {
        if let Some((value, _)) = self.young.get(id) {
            return Some(value.clone());
        }
        let (value, bytes) = self.old.remove(id)?;
        self.insert(*id, value.clone(), bytes);
        Some(value)
    }

    /// Remembers a value that takes this many bytes.
    pub(crate) fn insert(&mut self, id: ObjectId, value: V, bytes: usize) {
        if self.young_bytes > 0 && self.young_bytes + bytes > self.limit {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(id, (value, bytes)).is_none() {
            self.young_bytes += bytes;
        }
    }

    /// Forgets what nobody will ask for again.
    pub(crate) fn forget(&mut self, id: &ObjectId) {
        if let Some((_, bytes)) = self.young.remove(id) {
            self.young_bytes -= bytes;
        }
        self.old.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let id = |of: u8| ObjectId::from_bytes_or_panic(&[of; 20]);
        let mut memory = Memory::of_bytes(80);
        for of in 0..20 {
            assert_eq!(memory.get(&id(of)), None);
            memory.insert(id(of), of, 10);
            assert_eq!(memory.get(&id(0)), Some(0), "it is asked for again and again");
            assert!(memory.young_bytes <= 40);
        }
        assert!(memory.young.len() + memory.old.len() <= 8);
        assert_eq!(memory.get(&id(19)), Some(19));
        assert_eq!(memory.get(&id(1)), None);
        memory.insert(id(20), 20, 1_000);
        assert_eq!(memory.get(&id(20)), Some(20), "even if it alone is larger");
        memory.forget(&id(20));
        assert_eq!((memory.get(&id(20)), memory.young_bytes), (None, 0));
    }
}
