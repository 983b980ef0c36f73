//! [`NewObjects`]: what is to be written, each object once.

use std::sync::Arc;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::Kind;

use crate::delta::applied;
use crate::listing::Listing;

/// How many objects at most are written as files of their own; of more, a pack is made.
pub(crate) const FEW: usize = 50;
/// How many deltas at most have to be applied to read an object: what git has by default (`pack.depth`).
const DEEPEST: u8 = 50;
/// The smallest directory that is told from another one.
const SMALLEST: usize = 256;

/// An object that is to be written.
#[derive(Debug)]
pub(crate) struct NewObject {
    pub(crate) id: ObjectId,
    pub(crate) body: Body,
    /// The object whose place it takes, and the instructions that make that one of this one.
    pub(crate) replaces: Option<(ObjectId, Vec<u8>)>,
}

/// What is in an object.
#[derive(Debug)]
pub(crate) enum Body {
    Listing(Arc<Listing>),
    Bytes(Kind, Arc<[u8]>),
}

impl Body {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Listing(_) => Kind::Tree,
            Self::Bytes(kind, _) => *kind,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Listing(listing) => listing.data(),
            Self::Bytes(_, bytes) => bytes,
        }
    }
}

/// What is to be written, in the order in which it was made.
///
/// Each of many commands replaces a few directories by ones that are nearly the same. Of each the newest is kept whole,
/// because that is what will be read; those before it are told from their successors, which takes little memory, time
/// and space. (Git's own packs have the newest whole, too.)
#[derive(Debug, Default)]
pub(crate) struct NewObjects {
    order: Vec<ObjectId>,
    by_id: HashMap<ObjectId, Waiting>,
    bytes: usize,
}

#[derive(Debug)]
struct Waiting {
    form: Form,
    /// How many deltas, each told from the next, end here.
    height: u8,
}

/// How an object is kept. INVARIANT: the base of a delta is there too, and was made later. So there are no circles, and
/// bases can be written first.
#[derive(Debug)]
enum Form {
    Whole(Body),
    /// Both are kept while there are few, because objects in files of their own are whole.
    Both(Body, Delta),
    Delta(Delta),
}

/// How an object is told from another one.
#[derive(Debug)]
pub(crate) struct Delta {
    pub(crate) base: ObjectId,
    pub(crate) instructions: Vec<u8>,
}

impl NewObjects {
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// About how much memory they take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether they are few enough to be written as files of their own.
    pub(crate) fn are_few(&self) -> bool {
        self.len() <= FEW
    }

    pub(crate) fn contains(&self, id: &ObjectId) -> bool {
        self.by_id.contains_key(id)
    }

    /// What is in an object, unless it was replaced by another one.
    pub(crate) fn body(&self, id: &ObjectId) -> Option<&Body> {
        match &self.by_id.get(id)?.form {
            Form::Whole(body) | Form::Both(body, _) => Some(body),
            Form::Delta(_) => None,
        }
    }

    /// The content of a directory, also of one that was replaced: the same may be in other places still.
    pub(crate) fn directory(&self, id: &ObjectId) -> Option<Vec<u8>> {
        match &self.by_id.get(id)?.form {
            Form::Whole(Body::Listing(listing)) | Form::Both(Body::Listing(listing), _) => {
                Some(listing.data().to_owned())
            }
            Form::Whole(Body::Bytes(..)) | Form::Both(Body::Bytes(..), _) => None,
            Form::Delta(delta) => applied(&self.directory(&delta.base)?, &delta.instructions),
        }
    }

    /// All of them whole, in the order in which they were made: what an object refers to comes before it. Only while they
    /// [are few](Self::are_few).
    pub(crate) fn whole(&self) -> impl Iterator<Item = (&ObjectId, &Body)> {
        self.order.iter().filter_map(|id| Some((id, self.body(id)?)))
    }

    /// All of them as they are best packed, the base of each delta before it.
    pub(crate) fn packed(&self) -> impl Iterator<Item = (&ObjectId, Result<&Body, &Delta>)> {
        let waiting = self.order.iter().rev().filter_map(|id| Some((id, self.by_id.get(id)?)));
        waiting.map(|(id, waiting)| match &waiting.form {
            Form::Whole(body) => (id, Ok(body)),
            Form::Both(_, delta) | Form::Delta(delta) => (id, Err(delta)),
        })
    }

    pub(crate) fn add(&mut self, object: NewObject) {
        let size = size(&object.body);
        if let Some(waiting) = self.by_id.get_mut(&object.id) {
            // It may have been replaced before, and be there again.
            if let Form::Delta(_) = waiting.form {
                self.bytes += size;
            }
            waiting.form = Form::Whole(object.body);
            return;
        }
        let height = object.replaces.and_then(|(replaced, instructions)| {
            self.replace(&replaced, Delta { base: object.id, instructions })
        });
        self.bytes += size;
        self.order.push(object.id);
        let waiting = Waiting { form: Form::Whole(object.body), height: height.unwrap_or_default() };
        self.by_id.insert(object.id, waiting);
        if self.len() == FEW + 1 {
            for waiting in self.by_id.values_mut() {
                self.bytes -= waiting.give_up_body();
            }
        }
    }

    /// Tells an object from the one that takes its place, if that pays off. Gives the height of that one.
    fn replace(&mut self, replaced: &ObjectId, delta: Delta) -> Option<u8> {
        let is_many = self.order.len() > FEW;
        let waiting = self.by_id.get_mut(replaced).filter(|waiting| waiting.height < DEEPEST)?;
        let size = match &waiting.form {
            Form::Whole(body) => body.bytes().len(),
            Form::Both(..) | Form::Delta(_) => 0,
        };
        if size < SMALLEST.max(2 * delta.instructions.len()) {
            return None;
        }
        self.bytes += delta.instructions.len();
        waiting.tell_from(delta);
        if is_many {
            self.bytes -= waiting.give_up_body();
        }
        Some(waiting.height + 1)
    }
}

impl Waiting {
    fn tell_from(&mut self, delta: Delta) {
        self.form = match self.take() {
            Form::Whole(body) | Form::Both(body, _) => Form::Both(body, delta),
            Form::Delta(_) => Form::Delta(delta),
        };
    }

    /// Keeps the delta alone, if there is one. Gives how much memory is free then.
    fn give_up_body(&mut self) -> usize {
        let mut free = 0;
        self.form = match self.take() {
            Form::Both(body, delta) => {
                free = size(&body);
                Form::Delta(delta)
            }
            form => form,
        };
        free
    }

    fn take(&mut self) -> Form {
        std::mem::replace(&mut self.form, Form::Whole(Body::Bytes(Kind::Blob, Arc::default())))
    }
}

fn size(body: &Body) -> usize {
    match body {
        // With the places of its entries.
        Body::Listing(listing) => listing.data().len() * 3 / 2,
        Body::Bytes(_, bytes) => bytes.len(),
    }
}
