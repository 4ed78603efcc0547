import { execFileSync } from 'node:child_process'

/** Where this checkout was cloned from, as a page that a browser opens; undefined where that is no such place. */
export const repository = (): string | undefined => {
  try {
    const url = execFileSync('git', ['remote', 'get-url', 'origin'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
    const web = url.replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/').replace(/\.git$/, '')
    return /^https:\/\/[^@\s]+$/.test(web) ? web : undefined
  } catch {
    return undefined
  }
}
