/** `created_at` → `createdAt`: what the models call the oracle's attributes. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_whole, letter: string) => letter.toUpperCase());
}
