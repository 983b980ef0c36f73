//! Who gives commands: from which clone, and how.

use std::{fs, thread};

use crate::answer;
use crate::books::Books;
use crate::commands::{self, Wanted};
use crate::kills::Kills;
use crate::place::Place;
use crate::processes;

/// Has each writer give its commands, all writers at the same time.
pub(crate) fn all_at_once(
    place: &Place,
    writers: &[Writer],
    commands: impl Fn(&Writer) -> Vec<Wanted>,
    kills: impl Fn(&Writer) -> Option<Kills>,
) -> Books {
    let mut books = Books::default();
    thread::scope(|scope| {
        let running = writers.iter().map(|writer| {
            let (commands, mut kills) = (commands(writer), kills(writer));
            scope.spawn(move || {
                let mut books = Books::default();
                writer.run(place, commands, kills.as_mut(), &mut books);
                books
            })
        });
        let running: Vec<_> = running.collect();
        for writer in running {
            books.add(writer.join().unwrap());
        }
    });
    books
}

/// So many commands of a writer that get in the way of everybody.
pub(crate) fn mixed(commands: usize) -> impl Fn(&Writer) -> Vec<Wanted> {
    move |writer| commands::mixed(&writer.name, commands)
}

/// Whoever gives commands.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) name: String,
    from: From,
    how: How,
    /// How many commands a process is given at most, unless it is given one.
    at_a_time: usize,
}

#[derive(Debug, Clone)]
enum From {
    /// A cache of this name; `--remote URL`.
    Cache { name: String, url: Option<String> },
    /// A clone with a work tree; `--remote origin`.
    Clone { name: String },
}

#[derive(Debug, Clone)]
enum How {
    /// A process for each command, which is typed if it can be.
    Typed,
    /// `apply -f -`: each line when the one before it was answered.
    OneByOne,
    /// `apply -f FILE` with so many lines sharing a push.
    File { push_every: String },
}

impl Writer {
    fn new(name: &str, how: How) -> Self {
        let from = From::Cache { name: format!("cache-{name}"), url: None };
        Self { name: name.to_owned(), from, how, at_a_time: usize::MAX }
    }

    pub(crate) fn typed(name: &str) -> Self {
        Self::new(name, How::Typed)
    }

    pub(crate) fn one_by_one(name: &str) -> Self {
        Self::new(name, How::OneByOne)
    }

    pub(crate) fn with_file(name: &str, push_every: &str) -> Self {
        Self::new(name, How::File { push_every: push_every.to_owned() })
    }

    pub(crate) fn with_cache(self, name: &str) -> Self {
        Self { from: From::Cache { name: name.to_owned(), url: None }, ..self }
    }

    /// From a clone that is there.
    pub(crate) fn in_clone(self, name: &str) -> Self {
        Self { from: From::Clone { name: name.to_owned() }, ..self }
    }

    /// With another address of the remote, say, of a proxy.
    pub(crate) fn through(self, url: &str) -> Self {
        let From::Cache { name, .. } = self.from else { panic!("a clone has its address") };
        Self { from: From::Cache { name, url: Some(url.to_owned()) }, ..self }
    }

    /// From the same place, under another name.
    pub(crate) fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    pub(crate) fn at_a_time(self, commands: usize) -> Self {
        Self { at_a_time: commands, ..self }
    }

    /// Options that say where it works.
    pub(crate) fn options(&self, place: &Place) -> Vec<String> {
        match &self.from {
            From::Cache { url, .. } => {
                ["--remote", url.as_ref().unwrap_or(&place.url)].map(str::to_owned).to_vec()
            }
            From::Clone { name } => ["--repo", name, "--remote", "origin"].map(str::to_owned).to_vec(),
        }
    }

    /// A process of it.
    pub(crate) fn kuberpult(&self, place: &Place, words: &[String]) -> std::process::Command {
        let mut command = place.kuberpult(&[words, &self.options(place)].concat());
        if let From::Cache { name, .. } = &self.from {
            command.env("KUBERPULT_CACHE_DIR", place.path(name));
        }
        command
    }

    /// Gives all commands, in order, and enters what became of each.
    pub(crate) fn run(
        &self,
        place: &Place,
        commands: Vec<Wanted>,
        mut kills: Option<&mut Kills>,
        books: &mut Books,
    ) {
        let at_a_time = if matches!(self.how, How::Typed) { 1 } else { self.at_a_time };
        let mut commands = commands.into_iter().peekable();
        while commands.peek().is_some() {
            let commands: Vec<Wanted> = commands.by_ref().take(at_a_time).collect();
            let kill = kills.as_mut().map(|kills| kills.next());
            let (words, lines) = self.process(place, &commands);
            let ended = processes::run(self.kuberpult(place, &words), &lines, kill);
            if let Some(kills) = &mut kills {
                kills.learn(&ended);
            }
            answer::enter(books, commands, &ended);
        }
    }

    /// The words of a process, and the lines that it is given.
    fn process(&self, place: &Place, commands: &[Wanted]) -> (Vec<String>, Vec<String>) {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let lines: Vec<String> = commands.iter().map(Wanted::line).collect();
        match &self.how {
            How::OneByOne => (words(&["apply", "--keep-going", "-f", "-"]), lines),
            How::Typed => match commands[0].words(&place.path("home")) {
                Some(words) => (words, Vec::new()),
                None => (words(&["apply", "--keep-going", "-f", "-"]), lines),
            },
            How::File { push_every } => {
                let file = place.path(&format!("{}.jsonl", self.name));
                fs::write(&file, lines.join("\n") + "\n").unwrap();
                let file = file.display().to_string();
                (words(&["apply", "--keep-going", "--push-every", push_every, "-f", &file]), Vec::new())
            }
        }
    }
}
