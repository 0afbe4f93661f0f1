//! What the quantities hold at a moment, as values: what they held when the segment began, but for some.

use super::values::Value;

/// The quantities whose values are no longer those of the beginning, ascending. `loaded` is, wherever it is asked for,
/// what all quantities held then; equal states are equal however they came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct State(Vec<(u32, Value)>);

impl State {
    pub(crate) fn get(&self, loaded: &[Value], quantity: usize) -> Value {
        match self.place(quantity as u32) {
            Ok(place) => self.0[place].1,
            Err(_) => loaded[quantity],
        }
    }

    pub(crate) fn set(&mut self, loaded: &[Value], quantity: usize, value: Value) {
        let same = loaded[quantity] == value;
        match self.place(quantity as u32) {
            Ok(place) if same => drop(self.0.remove(place)),
            Ok(place) => self.0[place].1 = value,
            Err(_) if same => {}
            Err(place) => self.0.insert(place, (quantity as u32, value)),
        }
    }

    /// Sets many quantities, given in ascending order.
    pub(crate) fn set_all(&mut self, loaded: &[Value], new: impl Iterator<Item = (usize, Value)>) {
        let mut old = std::mem::take(&mut self.0).into_iter().peekable();
        for (quantity, value) in new {
            while let Some(kept) = old.next_if(|(other, _)| (*other as usize) < quantity) {
                self.0.push(kept);
            }
            old.next_if(|(other, _)| *other as usize == quantity);
            if loaded[quantity] != value {
                self.0.push((quantity as u32, value));
            }
        }
        self.0.extend(old);
    }

    /// What is not as it was.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (usize, Value)> {
        self.0.iter().map(|(quantity, value)| (*quantity as usize, *value))
    }

    /// How much there is of that.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The same, as far as only some quantities count.
    pub(crate) fn of(&self, counts: impl Fn(usize) -> bool) -> State {
        State(self.0.iter().filter(|(quantity, _)| counts(*quantity as usize)).copied().collect())
    }

    fn place(&self, quantity: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&quantity, |(other, _)| *other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::range::Range;
    use crate::lower::values::Values;

    #[test]
    fn equal_states_are_equal_however_they_came_about() {
        let mut values = Values::default();
        let loaded: Vec<Value> = (0..6).map(|slot| values.slot(slot, Range::ANY)).collect();
        let [one, two] = [1.0, 2.0].map(|number| values.number(number));
        let mut state = State::default();
        state.set(&loaded, 4, one);
        state.set(&loaded, 1, one);
        state.set(&loaded, 4, two);
        assert_eq!((state.get(&loaded, 4), state.get(&loaded, 1), state.get(&loaded, 0)), (two, one, loaded[0]));
        let mut other = State::default();
        other.set_all(&loaded, [(0, loaded[0]), (1, one), (3, two), (4, two)].into_iter());
        assert_ne!(state, other);
        other.set_all(&loaded, [(3, loaded[3]), (5, loaded[5])].into_iter());
        assert_eq!(state, other);
        other.set(&loaded, 1, loaded[1]);
        assert_eq!(other.changes().collect::<Vec<_>>(), vec![(4, two)]);
        assert_eq!(state.of(|quantity| quantity == 4), other);
    }
}
