//! Connections that are cut: before the pack, within it, when it is there and accepted and the answer is on its way; and
//! anywhere else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kuberpult_test_servers::{Cut, Kind, Proxy, kinds};

use crate::commands::Wanted;
use crate::history::audit;
use crate::place::Place;
use crate::writer::{Writer, all_at_once, mixed};

const COMMANDS: usize = 30;

const CUTS: [Cut; 5] =
    [Cut::DuringPack, Cut::BeforePack, Cut::BeforeAnswer, Cut::AtOnce, Cut::AfterBytes(700)];

#[test]
fn what_was_cut_is_found_out_or_said_to_be_unknown() {
    let kinds: Vec<Kind> =
        kinds().into_iter().filter(|kind| matches!(kind, Kind::Daemon | Kind::Http)).collect();
    if kinds.is_empty() {
        eprintln!("left out: cut connections, because there is neither daemon nor http");
    }
    for kind in kinds {
        let place = Place::on(kind);
        let server = place.server.as_ref().unwrap();
        let proxy = Proxy::start(server.address().unwrap(), Cut::Nowhere);
        let url = server.url_through(proxy.address()).unwrap();
        let writers = [
            Writer::typed("ann").through(&url),
            Writer::one_by_one("ben").at_a_time(10).through(&url),
            Writer::with_file("cat", "3").at_a_time(10).through(&url),
            // It makes the others lose races whose answer is lost, too.
            Writer::one_by_one("dan"),
        ];
        let is_over = AtomicBool::new(false);
        let mut books = thread::scope(|scope| {
            scope.spawn(|| cut_here_and_there(&proxy, &is_over));
            let books = all_at_once(&place, &writers, mixed(COMMANDS), |_| None);
            is_over.store(true, Ordering::SeqCst);
            books
        });
        // How far the turns have come depends on the machine.
        for (kind_of_cut, cut) in CUTS.into_iter().enumerate() {
            proxy.set(cut);
            for number in (0..20).take_while(|_| proxy.cuts_at(cut) < 3) {
                let writer = writers[0].named(&format!("more-{kind_of_cut}-{number}"));
                writer.run(&place, vec![Wanted::lock(&writer.name, number)], None, &mut books);
            }
        }
        proxy.set(Cut::Nowhere);
        place.next_commands_work(&writers, &mut books);
        place.is_clean();
        let landed = audit(&place, &books);
        let cuts = CUTS.map(|cut| format!("{} {cut:?}", proxy.cuts_at(cut)));
        let besides = format!(", {} cuts ({})", proxy.cuts(), cuts.join(", "));
        books.print(&format!("cut connections, {}", kind.name()), landed, &besides);
        assert!(CUTS.iter().all(|cut| proxy.cuts_at(*cut) >= 3));
        assert!(books.acknowledged_commits() > 20 && books.unknown() > 0 && books.refused_with("REMOTE") > 0);
    }
}

/// Has connections cut at each place in turn, and lets some through between.
fn cut_here_and_there(proxy: &Proxy, is_over: &AtomicBool) {
    const LONGEST: usize = 200;
    let pause = || thread::sleep(Duration::from_millis(10));
    let mut random = fastrand::Rng::with_seed(3);
    for cut in CUTS.into_iter().cycle() {
        // It takes one to make a push uncertain, and five for each writer to keep it so.
        let (before, enough) = (proxy.cuts_at(cut), random.usize(0..3));
        proxy.set(cut);
        for _ in 0..LONGEST {
            if is_over.load(Ordering::SeqCst) {
                return proxy.set(Cut::Nowhere);
            }
            if proxy.cuts_at(cut) > before + [0, 2, 30][enough] {
                break;
            }
            pause();
        }
        // Whoever looks what became of a push whose answer was lost does not find out at once.
        if cut == Cut::BeforeAnswer {
            continue;
        }
        proxy.set(Cut::Nowhere);
        (0..random.u8(5..20)).for_each(|_| pause());
        if random.u8(0..4) == 0 {
            proxy.cut_now();
        }
    }
}
