use super::*;
use crate::keys::testing::{Memory, NOW, database};

const ALG: SigningAlg = SigningAlg::ES256;
const WAIT: Duration = Duration::from_secs(86_400);

fn after(duration: Duration) -> Timestamp {
    NOW.plus(duration)
}

/// A key nobody has seen, sealed like any other.
fn fresh(number: usize) -> StoredKey {
    let keys = database().keys;
    StoredKey {
        kid: format!("k-fresh{number}"),
        ..of(&keys, ALG, KeyState::Next).unwrap().clone()
    }
}

fn in_states(keys: &[StoredKey], state: KeyState) -> usize {
    keys.iter()
        .filter(|key| key.alg == ALG && key.state == state)
        .count()
}

#[test]
fn a_rotation_waits_until_the_spare_is_safe() {
    let mut database = database();
    let turn = |keys: &[StoredKey], at, haste| rotate(keys, ALG, fresh(0), at, at.plus(WAIT), haste);
    let early = turn(&database.keys, after(WAIT / 2), Haste::WhenSafe(WAIT));
    assert!(matches!(early, Err(LifeFault::NotYetSafe { safe_at, .. }) if safe_at == after(WAIT)));
    assert!(turn(&database.keys, NOW, Haste::AtOnce).is_ok());
    let old = of(&database.keys, ALG, KeyState::Active).unwrap().kid.clone();
    let spare = of(&database.keys, ALG, KeyState::Next).unwrap().kid.clone();
    let writes = turn(&database.keys, after(WAIT), Haste::WhenSafe(WAIT)).unwrap();
    apply(&mut database, &writes).unwrap();
    assert_eq!(of(&database.keys, ALG, KeyState::Active).unwrap().kid, spare);
    let next = of(&database.keys, ALG, KeyState::Next).unwrap();
    assert_eq!((next.kid.as_str(), next.published_at), ("k-fresh0", after(WAIT)));
    let retiring = of(&database.keys, ALG, KeyState::Retiring).unwrap();
    assert_eq!(
        (&retiring.kid, retiring.leaves_jwks_at),
        (&old, Some(after(2 * WAIT)))
    );
}

#[test]
fn of_two_rotations_from_one_view_the_second_changes_nothing() {
    let mut database = database();
    let turn = |keys: &[StoredKey], number| {
        rotate(keys, ALG, fresh(number), NOW, after(WAIT), Haste::AtOnce).unwrap()
    };
    let (one, two) = (turn(&database.keys, 1), turn(&database.keys, 2));
    apply(&mut database, &one).unwrap();
    let before = database.keys.clone();
    let refused = apply(&mut database, &two);
    assert!(matches!(refused, Err(Unapplied::Fault(LifeFault::Overtaken(_)))));
    assert_eq!(database.keys, before);
}

#[test]
fn an_emergency_promotes_the_spare_at_once() {
    let mut database = database();
    let leaked = of(&database.keys, ALG, KeyState::Active).unwrap().clone();
    let spare = of(&database.keys, ALG, KeyState::Next).unwrap().kid.clone();
    let writes = revoke(&database.keys, &leaked, Some(fresh(0)), NOW).unwrap();
    apply(&mut database, &writes).unwrap();
    assert_eq!(of(&database.keys, ALG, KeyState::Active).unwrap().kid, spare);
    assert_eq!(of(&database.keys, ALG, KeyState::Next).unwrap().kid, "k-fresh0");
    let gone = of(&database.keys, ALG, KeyState::Revoked).unwrap();
    assert!(gone.kid == leaked.kid && gone.sealed_private.is_none());
    assert!(revoke(&database.keys, &gone.clone(), Some(fresh(1)), NOW).is_err());
}

#[test]
fn a_retiring_key_is_kept_while_it_is_needed() {
    let active = of(&database().keys, ALG, KeyState::Active).unwrap().clone();
    let retiring = active.step_down(after(WAIT)).unwrap();
    let patient = Haste::WhenSafe(WAIT);
    assert!(
        matches!(retire(&retiring, NOW, patient), Err(LifeFault::StillNeeded { until, .. }) if until == after(WAIT))
    );
    assert!(retire(&retiring, NOW, Haste::AtOnce).is_ok());
    assert!(retire(&retiring, after(WAIT), patient).is_ok());
    assert!(retire(&active, NOW, Haste::AtOnce).is_err());
}

#[test]
fn an_algorithm_begins_with_two_keys_and_ends_with_none_that_sign() {
    let mut database = Memory::default();
    apply(&mut database, &begin(fresh(0), fresh(1), NOW)).unwrap();
    let first = of(&database.keys, ALG, KeyState::Active).unwrap();
    assert_eq!(first.safe_at(WAIT), NOW);
    let writes = give_up(&database.keys, ALG, NOW, after(WAIT)).unwrap();
    apply(&mut database, &writes).unwrap();
    let states = [KeyState::Retiring, KeyState::Retired].map(|state| in_states(&database.keys, state));
    assert_eq!(states, [1, 1]);
}

/// Whatever is done in whatever order, and wherever a process dies between two units of work: one key signs, one waits.
#[test]
fn one_key_signs_and_one_waits() {
    const ACTS: usize = 5;
    const LENGTH: u32 = 5;
    for sequence in 0..ACTS.pow(LENGTH) {
        let mut database = database();
        for place in 0..LENGTH {
            let now = after(WAIT / 3 * (place + 1));
            let act = sequence / ACTS.pow(place) % ACTS;
            if let Ok(writes) = attempt(act, &database.keys, fresh(place as usize), now) {
                apply(&mut database, &writes).unwrap();
            }
            let counts = [KeyState::Active, KeyState::Next].map(|state| in_states(&database.keys, state));
            assert_eq!(counts, [1, 1], "{sequence}");
        }
        for key in &database.keys {
            let signs = matches!(key.state, KeyState::Active | KeyState::Next);
            assert_eq!(key.sealed_private.is_some(), signs, "{sequence}");
        }
    }
}

fn attempt(act: usize, keys: &[StoredKey], new: StoredKey, now: Timestamp) -> Result<Vec<Write>, LifeFault> {
    let key = |state| of(keys, ALG, state);
    let patient = Haste::WhenSafe(WAIT);
    match act {
        0 => rotate(keys, ALG, new, now, now.plus(WAIT), patient),
        1 => rotate(keys, ALG, new, now, now.plus(WAIT), Haste::AtOnce),
        2 => revoke(keys, key(KeyState::Active).unwrap(), Some(new), now),
        3 => revoke(keys, key(KeyState::Next).unwrap(), Some(new), now),
        _ => key(KeyState::Retiring).map_or(Ok(Vec::new()), |key| retire(key, now, patient)),
    }
}
