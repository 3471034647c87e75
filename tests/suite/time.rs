//! Nodes agree on time: what their machines' clocks say decides nothing (ADR 24).

use std::time::Duration;

use kernel::Policy;
use token::ending;

use crate::actors::Attacker;
use crate::cli::installation::until;
use crate::nodes::Nodes;
use crate::rig::Provider;

/// How far the clocks of machines are off, in seconds: where something begins, and where it goes on.
const PAIRS: [[i64; 2]; 4] = [[600, -600], [-600, 600], [600, 0], [0, -600]];

fn pair(nodes: &Nodes, [first, second]: [i64; 2]) -> (Provider, Provider) {
    let (first, second) = (at(nodes.first(first), first), at(nodes.start(second), second));
    let apart = first.state().ctx.now().as_millis() - second.state().ctx.now().as_millis();
    assert!(apart.abs() < 1_000, "they show the same: {apart}");
    (first, second)
}

/// The machine is really off by that much.
fn at(node: Provider, ahead: i64) -> Provider {
    let behind = node.state().ctx.clock.machine_behind().unwrap();
    assert!((behind + ahead * 1000).abs() < 5_000, "{behind}");
    node
}

#[test]
fn a_code_lives_as_long_at_every_node() {
    let nodes = Nodes::new(Policy::default());
    for skews in PAIRS {
        let (issuing, redeeming) = pair(&nodes, skews);
        let code = Attacker(&issuing).code("web", &[]);
        let told = Attacker(&redeeming).redeem("web", &code);
        assert_eq!(told.status, 200, "{skews:?} {}", told.body);
    }
}

#[test]
fn a_code_that_has_expired_has_expired_at_every_node() {
    let nodes = Nodes::new(Policy {
        code_ttl: Duration::from_millis(1),
        ..Policy::default()
    });
    for skews in PAIRS {
        let (issuing, redeeming) = pair(&nodes, skews);
        let code = Attacker(&issuing).code("web", &[]);
        Attacker(&redeeming).redeem("web", &code).refused("invalid_grant");
    }
}

#[test]
fn no_token_outlives_the_end_of_everything_because_its_nodes_clock_was_ahead() {
    let nodes = Nodes::new(Policy::default());
    for skews in PAIRS {
        let (issuing, ending) = pair(&nodes, skews);
        let token = || {
            let told = Attacker(&issuing).redeem("web", &Attacker(&issuing).code("web", &[]));
            told.granted().to_owned()
        };
        let is_active =
            |node: &Provider, token: &str| Attacker(node).introspect("web", token).json["active"] == true;
        let before = token();
        assert!(is_active(&ending, &before));
        ending.administer(|ports, ctx| Ok(ending::tokens_for(ports, ctx, "web")?));
        until("the token has ended where it began", || {
            (!is_active(&issuing, &before)).then_some(())
        });
        assert!(!is_active(&ending, &before), "{skews:?}");
        let after = token();
        assert!(
            is_active(&issuing, &after) && is_active(&ending, &after),
            "{skews:?}"
        );
    }
}
