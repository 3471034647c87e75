//! The clock of a node among others: shows the time of a source they share, never runs backwards, never stands still.
//!
//! What is compared between nodes is compared by time: whether a code has expired, whether a token was issued before its
//! client was told to start anew. So nodes on one database take its time for theirs. How the database is asked, and how
//! often, is the store's business; this file decides what an answer means.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::time::{Clock, SteadyClock, Timestamp};

/// Beyond this an operator is warned: people notice it, and other parties begin to refuse tokens.
pub const NOTICEABLE: Duration = Duration::from_secs(5);
/// Beyond this nobody follows. No access token lives longer, so to follow would end, or bring back, everything at once; and
/// only a person can say which of the two clocks is the wrong one.
pub const ABSURD: Duration = Duration::from_secs(24 * 60 * 60);
/// So many answers in a row, each as absurd as the one before, make one that is believed, where this machine's clock says
/// so too.
const BELIEVED: u32 = 3;
/// An answer that took longer says too little of the present.
const SLOW: Duration = Duration::from_millis(500);

/// A clock that follows another.
pub struct CorrectedClock {
    machine: Arc<dyn Clock>,
    steady: Arc<dyn Clock>,
    correction: RwLock<Correction>,
    behind: AtomicI64,
    /// How far the machine's clock was ahead of the steady one when the other was last asked.
    lead: AtomicI64,
    /// Absurd answers in a row that this machine's clock bears out.
    borne_out: AtomicU32,
}

/// How the steady clock is read, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Correction {
    /// Added to it.
    offset: i64,
    /// How far the time that was shown had run ahead when the steady clock showed `since`.
    ahead: i64,
    since: i64,
}

/// What somebody else's clock showed.
#[derive(Debug, Clone, Copy)]
struct Sample {
    asked: i64,
    answered: i64,
    showed: i64,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It is followed.
    Followed,
    /// It took too long to be of use. The next one may not.
    TooSlow,
    /// It is too far from what this process shows, by so many milliseconds, to be believed.
    Absurd(i64),
}

impl Correction {
    /// What is shown when the steady clock shows `steady`. Time that ran ahead goes at half its speed until it is right: it
    /// never goes back, and whatever waits for its end comes to it.
    fn read(self, steady: i64) -> i64 {
        let passed = steady.saturating_sub(self.since).max(0);
        let ahead = self.ahead.saturating_sub(passed / 2).max(0);
        steady.saturating_add(self.offset).saturating_add(ahead)
    }

    /// The correction after `sample`, used from when the steady clock shows `now`.
    fn after(self, sample: Sample, now: i64) -> Self {
        // The other clock was read at some moment between question and answer. What agrees with one of these moments is not
        // contradicted and stays as it is: otherwise time would tremble with the network.
        let (least, most) = (sample.showed - sample.answered, sample.showed - sample.asked);
        let offset = self.offset.clamp(least, most);
        let ahead = self.read(now) - now.saturating_add(offset);
        Self {
            offset,
            ahead: ahead.max(0),
            since: now,
        }
    }
}

impl Sample {
    fn took(&self) -> Duration {
        Timestamp::from_millis(self.answered).since(Timestamp::from_millis(self.asked))
    }

    /// Added to the steady clock it gives the other, as far as this sample can tell.
    fn offset(&self) -> i64 {
        self.showed - self.asked - (self.answered - self.asked) / 2
    }
}

impl CorrectedClock {
    /// Shows what `machine` shows, until it follows another clock. From then on `machine` is only compared with that.
    pub fn new(machine: Arc<dyn Clock>) -> Self {
        let steady = Arc::new(SteadyClock::from(&*machine));
        Self::on(machine, steady)
    }

    /// As [`new`](Self::new), with time that passes as `steady` says, which must not run backwards.
    pub fn on(machine: Arc<dyn Clock>, steady: Arc<dyn Clock>) -> Self {
        let machine_lead = lead(&*machine, &*steady);
        Self {
            machine,
            steady,
            correction: RwLock::default(),
            behind: AtomicI64::new(0),
            lead: AtomicI64::new(machine_lead),
            borne_out: AtomicU32::new(0),
        }
    }

    /// Whether the machine's clock has leapt since the other was last asked: somebody set it, or the machine was away for a
    /// while that its timer knows nothing of, as after a virtual machine was frozen. Then it is worth asking again at once.
    pub fn has_leapt(&self) -> bool {
        is_noticeable(self.machine_lead() - self.lead.load(Ordering::Relaxed))
    }

    fn machine_lead(&self) -> i64 {
        lead(&*self.machine, &*self.steady)
    }

    /// Before anything is served: follows the quickest of three answers at once, backwards too.
    ///
    /// # Errors
    /// The question's own.
    pub fn begin<E>(&self, mut ask: impl FnMut() -> Result<Timestamp, E>) -> Result<Reading, E> {
        let samples = [
            self.sample(&mut ask)?,
            self.sample(&mut ask)?,
            self.sample(&mut ask)?,
        ];
        let [first, second, third] = samples;
        let quicker = |a: Sample, b: Sample| if b.took() < a.took() { b } else { a };
        let best = quicker(quicker(first, second), third);
        self.note(best);
        let (offset, now) = (best.offset(), self.steady.now().as_millis());
        if is_absurd(offset) {
            return Ok(Reading::Absurd(offset));
        }
        *self.correction.write().unwrap_or_else(PoisonError::into_inner) = Correction {
            offset,
            ahead: 0,
            since: now,
        };
        Ok(Reading::Followed)
    }

    /// Every few seconds: forwards at once, backwards by going slower. Into another day only forwards, and only when three answers
    /// in a row and this machine's own clock bear each other out: then the timer was the one that stood still. A process
    /// that begins anew would do the same.
    ///
    /// # Errors
    /// The question's own.
    pub fn follow<E>(&self, mut ask: impl FnMut() -> Result<Timestamp, E>) -> Result<Reading, E> {
        let sample = self.sample(&mut ask)?;
        if sample.took() > SLOW {
            return Ok(Reading::TooSlow);
        }
        self.note(sample);
        let mut correction = self.correction.write().unwrap_or_else(PoisonError::into_inner);
        let off = sample.offset() - correction.offset;
        if is_absurd(off) && !self.is_borne_out(off) {
            return Ok(Reading::Absurd(off));
        }
        self.borne_out.store(0, Ordering::Relaxed);
        *correction = correction.after(sample, self.steady.now().as_millis());
        Ok(Reading::Followed)
    }

    fn sample<E>(&self, ask: &mut impl FnMut() -> Result<Timestamp, E>) -> Result<Sample, E> {
        let asked = self.steady.now().as_millis();
        let showed = ask()?.as_millis();
        let answered = self.steady.now().as_millis();
        Ok(Sample {
            asked,
            answered,
            showed,
        })
    }

    /// Whether an absurd answer is to be believed after all; counts it.
    fn is_borne_out(&self, off: i64) -> bool {
        let agrees = off > 0 && !is_noticeable(self.behind.load(Ordering::Relaxed));
        if !agrees {
            self.borne_out.store(0, Ordering::Relaxed);
            return false;
        }
        self.borne_out.fetch_add(1, Ordering::Relaxed) + 1 >= BELIEVED
    }

    fn note(&self, sample: Sample) {
        // The machine's clock may have been set since the process began; the steady one was not.
        let followed = self.steady.now().as_millis() + sample.offset();
        let behind = followed - self.machine.now().as_millis();
        self.behind.store(behind, Ordering::Relaxed);
        self.lead.store(self.machine_lead(), Ordering::Relaxed);
    }
}

/// How far one clock is ahead of another.
fn lead(of: &dyn Clock, before: &dyn Clock) -> i64 {
    of.now().as_millis() - before.now().as_millis()
}

fn is_absurd(off: i64) -> bool {
    exceeds(off, ABSURD)
}

/// Whether so many milliseconds of difference are worth a warning.
pub fn is_noticeable(off: i64) -> bool {
    exceeds(off, NOTICEABLE)
}

fn exceeds(off: i64, bound: Duration) -> bool {
    u128::from(off.unsigned_abs()) > bound.as_millis()
}

impl Clock for CorrectedClock {
    fn now(&self) -> Timestamp {
        // The steady clock is read while the correction is held: a correction is used only from the moment it was made for.
        let correction = self.correction.read().unwrap_or_else(PoisonError::into_inner);
        Timestamp::from_millis(correction.read(self.steady.now().as_millis()))
    }

    /// When it was last asked.
    fn machine_behind(&self) -> Option<i64> {
        Some(self.behind.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::FixedClock;

    const START: Timestamp = Timestamp::from_secs(1_800_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    /// A node whose machine is off by so many seconds, and the clock it is to follow.
    struct Node {
        own: Arc<FixedClock>,
        shared: FixedClock,
        clock: CorrectedClock,
    }

    impl Node {
        fn behind(seconds: i64) -> Self {
            let own = Arc::new(FixedClock::at(Timestamp::from_secs(START.as_secs() - seconds)));
            Self {
                clock: CorrectedClock::on(own.clone(), own.clone()),
                own,
                shared: FixedClock::at(START),
            }
        }

        fn pass(&self, time: Duration) {
            self.own.advance(time);
            self.shared.advance(time);
        }

        fn begin(&self) -> Reading {
            self.clock.begin(|| Ok::<_, ()>(self.shared.now())).unwrap()
        }

        fn follow(&self, shows: Timestamp) -> Reading {
            self.clock.follow(|| Ok::<_, ()>(shows)).unwrap()
        }
    }

    #[test]
    fn at_first_it_follows_wherever_the_other_clock_stands() {
        for seconds in [-600, 0, 600] {
            let node = Node::behind(seconds);
            assert_eq!(node.begin(), Reading::Followed);
            assert_eq!(node.clock.now(), START);
            assert_eq!(node.clock.machine_behind(), Some(seconds * 1000));
            assert_eq!(is_noticeable(seconds * 1000), seconds != 0);
            node.pass(SECOND);
            assert_eq!(node.clock.now(), START.plus(SECOND));
        }
    }

    #[test]
    fn forwards_at_once_and_backwards_by_going_slower() {
        let node = Node::behind(0);
        node.begin();
        assert_eq!(node.follow(START.plus(10 * SECOND)), Reading::Followed);
        assert_eq!(node.clock.now(), START.plus(10 * SECOND));

        node.shared.advance(2 * SECOND);
        assert_eq!(node.follow(START.plus(2 * SECOND)), Reading::Followed);
        let mut last = node.clock.now();
        assert_eq!(last, START.plus(10 * SECOND), "not backwards");
        for _ in 0..16 {
            node.pass(SECOND);
            assert!(node.clock.now() > last, "it does not stand still");
            last = node.clock.now();
        }
        assert_eq!(last, START.plus(18 * SECOND));
        assert_eq!(
            last,
            node.shared.now(),
            "eight seconds too much, made good in sixteen"
        );
        node.pass(SECOND);
        assert_eq!(node.clock.now(), node.shared.now());
    }

    #[test]
    fn another_answer_while_it_goes_slower_sets_nothing_back() {
        let node = Node::behind(0);
        node.begin();
        node.follow(START.plus(10 * SECOND));
        node.follow(START);
        node.pass(4 * SECOND);
        let before = node.clock.now();
        node.follow(START.plus(SECOND));
        assert_eq!(node.clock.now(), before);
        node.follow(START.plus(60 * SECOND));
        assert_eq!(node.clock.now(), START.plus(60 * SECOND));
    }

    #[test]
    fn what_an_answer_does_not_contradict_stays() {
        let node = Node::behind(0);
        node.begin();
        // Asked, read 20 ms later, answered 380 ms after that: half of the way would be 180 ms too much.
        let reading = node.clock.follow(|| {
            node.pass(Duration::from_millis(20));
            let shows = node.shared.now();
            node.pass(Duration::from_millis(380));
            Ok::<_, ()>(shows)
        });
        assert_eq!(reading, Ok(Reading::Followed));
        assert_eq!(node.clock.now(), node.shared.now());
    }

    #[test]
    fn a_slow_answer_says_nothing() {
        let node = Node::behind(0);
        node.begin();
        let reading = node.clock.follow(|| {
            node.pass(SECOND);
            Ok::<_, ()>(START.plus(60 * SECOND))
        });
        assert_eq!(reading, Ok(Reading::TooSlow));
        assert_eq!(node.clock.now(), START.plus(SECOND));
    }

    #[test]
    fn at_first_the_quickest_of_three_answers_counts() {
        let node = Node::behind(600);
        let mut took = [3, 1, 2].into_iter();
        let begun = node.clock.begin(|| {
            let shows = node.shared.now();
            node.pass(took.next().unwrap() * SECOND);
            Ok::<_, ()>(shows)
        });
        assert_eq!(begun, Ok(Reading::Followed));
        let off = node.shared.now().since(node.clock.now());
        assert_eq!(off, SECOND / 2, "half of the quickest way");
    }

    #[test]
    fn nobody_follows_into_another_day() {
        let node = Node::behind(24 * 60 * 60 + 1);
        assert_eq!(node.begin(), Reading::Absurd(86_401_000));
        assert_eq!(node.clock.now(), node.own.now());

        let node = Node::behind(0);
        node.begin();
        let absurd = START.minus(ABSURD + SECOND);
        assert_eq!(node.follow(absurd), Reading::Absurd(-86_401_000));
        assert_eq!(node.clock.now(), START);
        assert_eq!(
            node.clock.machine_behind(),
            Some(-86_401_000),
            "it is told nevertheless"
        );
        assert_eq!(node.follow(START.plus(ABSURD)), Reading::Followed);
    }

    #[test]
    fn a_machine_whose_clock_is_set_changes_nothing_but_what_is_told() {
        let machine = Arc::new(FixedClock::at(START));
        let steady = Arc::new(FixedClock::at(START));
        let clock = CorrectedClock::on(machine.clone(), steady.clone());
        clock.begin(|| Ok::<_, ()>(START)).unwrap();
        machine.advance(3600 * SECOND);
        assert_eq!(clock.now(), START);
        clock.follow(|| Ok::<_, ()>(START)).unwrap();
        assert_eq!((clock.now(), clock.machine_behind()), (START, Some(-3_600_000)));
    }

    /// A machine that was frozen for two days; its clock was set right when it came back, its timer was not.
    fn thawed() -> (CorrectedClock, Timestamp) {
        let machine = Arc::new(FixedClock::at(START));
        let steady = Arc::new(FixedClock::at(START));
        let clock = CorrectedClock::on(machine.clone(), steady.clone());
        clock.begin(|| Ok::<_, ()>(START)).unwrap();
        assert!(!clock.has_leapt());
        machine.advance(2 * ABSURD);
        (clock, START.plus(2 * ABSURD))
    }

    #[test]
    fn who_was_frozen_asks_at_once_and_believes_what_two_clocks_say_three_times() {
        let (clock, now) = thawed();
        assert!(clock.has_leapt());
        let follow = || clock.follow(|| Ok::<_, ()>(now)).unwrap();
        let absurd = Reading::Absurd(2 * 86_400_000);
        assert_eq!([follow(), follow()], [absurd, absurd]);
        assert_eq!(clock.now(), START);
        assert!(!clock.has_leapt(), "it was asked");
        assert_eq!((follow(), clock.now()), (Reading::Followed, now));
        assert_eq!(clock.machine_behind(), Some(0));
    }

    #[test]
    fn what_is_absurd_is_not_believed_in_between_nor_when_the_machine_says_otherwise_nor_backwards() {
        let (clock, now) = thawed();
        let follow = |shows| clock.follow(|| Ok::<_, ()>(shows)).unwrap();
        for shows in [now, now, START, now, now] {
            assert_eq!(follow(shows) == Reading::Followed, shows == START);
        }
        let elsewhere = now.plus(ABSURD);
        assert!((0..5).all(|_| matches!(follow(elsewhere), Reading::Absurd(_))));
        assert_eq!(clock.now(), START);

        let machine = Arc::new(FixedClock::at(START.minus(2 * ABSURD)));
        let clock = CorrectedClock::on(machine, Arc::new(FixedClock::at(START)));
        clock.begin(|| Ok::<_, ()>(START)).unwrap();
        let back = || clock.follow(|| Ok::<_, ()>(START.minus(2 * ABSURD))).unwrap();
        assert!((0..5).all(|_| matches!(back(), Reading::Absurd(_))));
    }

    #[test]
    fn a_question_that_fails_changes_nothing() {
        let node = Node::behind(600);
        assert_eq!(node.clock.begin(|| Err("away")), Err("away"));
        assert_eq!(node.clock.follow(|| Err("away")), Err("away"));
        assert_eq!(node.clock.now(), node.own.now());
    }
}
