//! The command line of kuberpult: parse, call the library, print.

mod arguments;
mod cache;
mod code;
mod commands;
mod completion;
mod context;
mod demo;
#[cfg(test)]
mod every_error;
mod exit;
mod explanation;
mod freezes;
mod json;
mod json_command;
mod lock_list;
mod manifests;
mod markdown;
mod output;
mod plan_file;
mod progress;
mod promotion;
mod report;
#[cfg(test)]
mod schema;
mod screen;
mod table;
mod text;
mod train_outcomes;
mod unique_keys;
mod unknown_name;
mod whole_file;
mod yaml;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::Output;

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    if let Some(answered) = completion::answer(&typed) {
        return if answered { Exit::Done } else { Exit::Failed }.into();
    }
    let exit = match Arguments::try_parse_from(&typed) {
        Ok(arguments) => {
            arguments.global.color.choose();
            let mut output = Output::of_process(&arguments.global);
            match commands::run(&arguments, &mut output) {
                Ok(exit) => exit,
                Err(failure) => output.fail(&failure),
            }
        }
        Err(error) => output::not_understood(&error, &typed),
    };
    exit.into()
}
