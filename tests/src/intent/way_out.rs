//! The next step on an application's way out.

use kuberpult_core::{Command, Deploy, OnLock, State};

use super::picked;
use crate::alphabet;
use crate::naive::Naive;

/// The next step on the way out of an application that is on it, else the first step of any: an undeploy release, its
/// deployment wherever the application is deployed, the end.
pub(super) fn next_step(state: &State, pick: usize) -> Command {
    let naive = Naive::of(state);
    let newest = |application| {
        let version = naive.newest(application)?;
        naive.release(application, version).map(|release| (version, release))
    };
    let known: Vec<_> = naive.applications.iter().map(|(application, _)| application).collect();
    let leaving: Vec<_> = known
        .iter()
        .filter_map(|application| {
            let (version, release) = newest(application).filter(|(_, release)| release.undeploy)?;
            Some((*application, version, release))
        })
        .collect();
    let Some(&(application, version, release)) = picked(&leaving, pick) else {
        let application =
            picked(&known, pick).map_or_else(|| alphabet::application(pick), |it| (*it).clone());
        return Command::PrepareUndeploy { application };
    };
    let still_there = naive.current.iter().find(|(_, deployed, current)| {
        deployed == application
            && !naive.release(application, *current).is_some_and(|release| release.undeploy)
    });
    let application = application.clone();
    match still_there {
        None => Command::Undeploy { application },
        Some((environment, _, _)) => {
            let environment = environment.clone();
            if release.manifests.contains_key(&environment) {
                let (on_lock, reason) = (OnLock::Ignore, None);
                Command::Deploy(Deploy { environment, application, version, on_lock, reason })
            } else {
                // The environment is younger than the undeploy release.
                Command::RemoveFromEnvironment { environment, application }
            }
        }
    }
}
