export function nothing(first: i32, last: i32, scratch: usize): void {}
