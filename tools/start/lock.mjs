/**
 * A lock between processes: a file that names its owner. Runs on Node 18. The lock of an owner that
 * is gone is taken over, and that take-over never removes the lock of somebody who is alive.
 */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** Runs the work while holding the lock; `waiting` is told once whom this process waits for. */
export async function withLock(path, waiting, work) {
  let told = false
  while (!acquire(path)) {
    const owner = ownerOf(path)
    if (owner !== undefined && !isAlive(owner)) takeAway(path, owner)
    else {
      if (owner !== undefined && !told) waiting(owner)
      told = owner !== undefined
      await setTimeout(100)
    }
  }
  try {
    return await work()
  } finally {
    unlinkSync(path)
  }
}

// Linking a finished file into place means that nobody ever reads a lock without its owner's name.
function acquire(path) {
  const own = `${path}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(own)
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function takeAway(path, owner) {
  const aside = `${path}.from-${owner}-by-${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  // Between looking and renaming, somebody else may have taken over: then it is put back.
  if (ownerOf(aside) !== owner) linkSync(aside, path)
  unlinkSync(aside)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}
