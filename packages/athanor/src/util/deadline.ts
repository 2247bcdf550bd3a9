import { drive, type Task } from "./task.ts";

/** Does a task to its end, but waits for it no longer than this. What is late goes on without anybody who waits for it. */
export function* within<T>(milliseconds: number, task: Task<T>, late: () => Error): Task<T> {
  const step = task.next();
  if (step.done === true) return step.value;
  return (yield withDeadline(milliseconds, drive(task, step.value), late)) as T;
}

function withDeadline<T>(milliseconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
