export interface MicroResult {
  readonly name: string;
  readonly micros: number;
}
