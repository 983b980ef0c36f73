//! A remote: what is accepted there is done, and nothing else is.

mod broken;
mod commands;
mod history;
mod lost_answers;
mod own_clone;
mod setting;
