//! Work on many items at once, for folders with thousands of files.

use std::num::NonZero;
use std::thread;

/// Fewer items than this are not worth a thread.
const WORTH_A_THREAD: usize = 200;
/// Reading files does not get faster with ever more threads.
const MOST_THREADS: usize = 8;

/// What `f` makes of each item, in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = threads.min(MOST_THREADS).min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.iter().map(f).collect();
    }
    thread::scope(|scope| {
        let f = &f;
        let workers: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|chunk| scope.spawn(move || chunk.iter().map(f).collect::<Vec<R>>()))
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join().expect("the work does not panic"));
        joined.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_is_kept() {
        let items: Vec<usize> = (0..10_001).collect();
        assert_eq!(
            super::map(&items, |item| item * 2),
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
        assert_eq!(super::map(&[] as &[u8], |item| *item), [0; 0]);
    }
}
