/** What Vite makes of style sheets: imported for their effect, or, as modules, for the names of their classes. */
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
declare module '*.css';
