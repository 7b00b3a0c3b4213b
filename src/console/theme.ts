/**
 * How the console looks: a calm green-blue for what one can act on, and three colours with one meaning each: given, given in
 * part, withheld. Text reaches 4.5:1 on its ground in both schemes (WCAG 2.2, 1.4.3).
 */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#eaf6f5',
  '#d3eae8',
  '#a5d5d1',
  '#74bfb9',
  '#4fada6',
  '#2f9a93',
  '#17807a',
  '#0f6e6a',
  '#0b5c59',
  '#074845',
];
const slate: MantineColorsTuple = [
  '#f6f8f9',
  '#edf0f2',
  '#dfe4e8',
  '#c9d1d7',
  '#a9b4bd',
  '#84919c',
  '#64717d',
  '#4b5762',
  '#333d46',
  '#1f272e',
];
const dark: MantineColorsTuple = [
  '#e3e8ec',
  '#c5ced5',
  '#a3afb9',
  '#7d8b97',
  '#3d4954',
  '#313b45',
  '#26303a',
  '#1b232b',
  '#141b22',
  '#0e1419',
];

/**
 * Who goes through a form by keyboard, or is led to a fault in it, opens a list when he wants it: it covers what is below. It stands
 * beside its field, so within the same landmark or dialog; and it is the listbox itself that scrolls, led by the field's arrow keys:
 * a scroll area in it would be one that no key reaches.
 */
const LIST = {
  defaultProps: { openOnFocus: false, withScrollArea: false, comboboxProps: { withinPortal: false } },
  styles: { options: { maxHeight: '16rem', overflowY: 'auto' } },
} as const;

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  colors: { teal, gray: slate, dark },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.125rem', lineHeight: '1.4' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } } },
    Paper: { defaultProps: { withBorder: true, radius: 'lg' } },
    SegmentedControl: { styles: { root: { background: 'var(--privity-quiet-soft)' }, indicator: { background: 'var(--privity-chosen)' } } },
    Button: { defaultProps: { size: 'sm' } },
    Autocomplete: LIST,
    Select: LIST,
    MultiSelect: LIST,
    // Beside its button, so within the same landmark; the focus goes to its first item, not to something in it that is none.
    Menu: { defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Modal: {
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontSize: '1.0625rem', fontWeight: 650, overflowWrap: 'anywhere' } },
    },
    // A `header` in a dialog would be a second banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
  },
});

/** Colours with a meaning; each text colour is legible on its own `soft` ground and on the page's. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566370',
    '--mantine-color-placeholder': '#66727e',
    '--mantine-color-anchor': '#0b5c59',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-error': '#a32638',
    '--mantine-color-red-light': '#fdeaec',
    '--mantine-color-red-light-color': '#a32638',
    '--privity-ground': '#f6f8f9',
    '--privity-chosen': '#ffffff',
    '--privity-line': '#dfe4e8',
    '--privity-given': '#1a6b3c',
    '--privity-given-soft': '#e4f4ea',
    '--privity-given-mark': '#2f9e64',
    '--privity-partial': '#8a5200',
    '--privity-partial-soft': '#fdf0d9',
    '--privity-partial-mark': '#e0951f',
    '--privity-withheld': '#a32638',
    '--privity-withheld-soft': '#fdeaec',
    '--privity-withheld-mark': '#d0485b',
    '--privity-quiet': '#4b5762',
    '--privity-quiet-soft': '#edf0f2',
    '--privity-quiet-mark': '#84919c',
    '--privity-label': '#4a3f9a',
    '--privity-label-soft': '#efedfb',
    '--privity-label-mark': '#7568cf',
  },
  dark: {
    '--mantine-color-dimmed': '#a3afb9',
    '--mantine-color-placeholder': '#8b98a4',
    '--mantine-color-anchor': '#74bfb9',
    '--mantine-color-body': '#1b232b',
    '--mantine-color-error': '#f49aa6',
    '--mantine-color-red-light': '#41222a',
    '--mantine-color-red-light-color': '#f49aa6',
    // A notice that is neither good nor bad stands on the page as others do.
    '--mantine-color-gray-light': '#26303a',
    '--mantine-color-teal-light': '#17312f',
    '--privity-ground': '#141b22',
    '--privity-chosen': '#47545f',
    '--privity-line': '#313b45',
    '--privity-given': '#7fd6a4',
    '--privity-given-soft': '#17342a',
    '--privity-given-mark': '#3fae76',
    '--privity-partial': '#f2bd66',
    '--privity-partial-soft': '#3a2d15',
    '--privity-partial-mark': '#d9962f',
    '--privity-withheld': '#f49aa6',
    '--privity-withheld-soft': '#41222a',
    '--privity-withheld-mark': '#d9596b',
    '--privity-quiet': '#c5ced5',
    '--privity-quiet-soft': '#2b3640',
    '--privity-quiet-mark': '#7d8b97',
    '--privity-label': '#bdb4f5',
    '--privity-label-soft': '#2c2850',
    '--privity-label-mark': '#8f83e0',
  },
});
