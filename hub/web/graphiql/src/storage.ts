/** Where GraphiQL keeps query texts, variables and its layout: this browser tab's session, which ends with the tab. */

interface Kept extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'> {}

const NOTHING: Kept = { getItem: () => null, setItem() {}, removeItem() {}, clear() {}, length: 0 };

export function tabSession(): Kept {
  try {
    return window.sessionStorage;
  } catch {
    return NOTHING; // a browser that forbids storage
  }
}
