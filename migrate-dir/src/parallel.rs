//! Work on many items at once, for folders with thousands of files.

use std::num::NonZero;
use std::thread;

/// Fewer items than this are not worth a thread.
const WORTH_A_THREAD: usize = 200;
/// Reading files does not get faster with ever more threads.
const MOST_THREADS: usize = 8;

/// What `f` makes of each item, in the order of the items, and what is left of the rooms.
///
/// Each thread works in a room of its own, for what it uses again or collects; the rooms come back in the order of the
/// items, too. This thread does its share: memory that only other threads ask for is slow to get from some systems.
pub(crate) fn map<T: Sync, R: Send, W: Default + Send>(
    items: &[T],
    f: impl Fn(&mut W, &T) -> R + Sync,
) -> (Vec<R>, Vec<W>) {
    let threads = match items.len() / WORTH_A_THREAD {
        0 | 1 => 1,
        worth => thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS).min(worth),
    };
    let work = |items: &[T]| {
        let mut room = W::default();
        let results: Vec<R> = items.iter().map(|item| f(&mut room, item)).collect();
        (results, room)
    };
    let (first, rest) = items.split_at(items.len().div_ceil(threads));
    let mut parts = Vec::with_capacity(threads);
    thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> =
            rest.chunks(first.len().max(1)).map(|chunk| scope.spawn(move || work(chunk))).collect();
        parts.push(work(first));
        parts.extend(others.into_iter().map(|other| other.join().expect("the work does not panic")));
    });
    let (results, rooms): (Vec<_>, _) = parts.into_iter().unzip();
    let mut results = results.into_iter();
    let mut all = results.next().unwrap_or_default();
    all.reserve_exact(items.len() - all.len());
    results.for_each(|part| all.extend(part));
    (all, rooms)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_is_kept() {
        let items: Vec<usize> = (0..10_001).collect();
        let (doubled, rooms) = super::map(&items, |seen: &mut Vec<usize>, item| {
            seen.push(*item);
            item * 2
        });
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(rooms.concat(), items);
        assert!(super::map(&[] as &[u8], |(), item| *item).0.is_empty());
    }
}
