import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { initialState, type Patch, type State } from './model';

export const store = createStore<State>(() => initialState);

export const useApp = <T>(selector: (state: State) => T): T => useStore(store, selector);

/** Every change of the state is a function from the old one, so that it can be tested without a page. */
export function apply(change: (state: State) => Patch): void {
  store.setState((state) => {
    const patch = change(state);
    // Nothing changed: nobody has to look.
    for (const _key in patch) return patch;
    return state;
  });
}
