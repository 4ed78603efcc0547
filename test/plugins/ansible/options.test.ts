import { secret } from 'antidote'
import { ansible, ansibleLesson } from 'antidote/plugins'
import { expect, test } from 'vitest'

test.each<[object, RegExp]>([
  [{}, /nothing to do/],
  [{ playbok: 'site.yml' }, /"playbok" is not an option/],
  [{ playbook: 'site.sh' }, /"site\.sh" is no playbook/],
  [{ playbook: 'site.yml', stage: 'boot' }, /stage is "boot"/],
  [{ playbook: 'site.yml', verbosity: 9 }, /verbosity is 9/],
  [{ playbook: 'site.yml', tags: 'web' }, /tags must be a list; it is "web"/],
  [{ playbook: 'site.yml', tags: ['a,b'] }, /"tags" has "a,b"/],
  [{ playbook: 'site.yml', skipTags: [1] }, /"skipTags" has 1/],
  [{ playbook: 'site.yml', groups: ['a-b'] }, /"groups" has "a-b"/],
  [{ playbook: 'site.yml', packages: ['--allow'] }, /"packages" has "--allow"/],
  [{ playbook: 'site.yml', extraVars: ['a'] }, /"extraVars" must be values/],
  [{ playbook: 'site.yml', vaultPassword: 'plain' }, /"vaultPassword" must be a secret/],
  [{ playbook: 'site.yml', vaultPassword: { dev: 'plain' } }, /"vaultPassword" must be a secret/],
  [{ playbook: 'site.yml', vaultPassword: { 'a@b': secret('x') } }, /"a@b" is no vault id/],
])('%j is refused', (options, message) => {
  expect(() => ansible(options as never)).toThrow(
    expect.objectContaining({ code: 'PLUGIN_OPTION', message: expect.stringMatching(message) }),
  )
})

test('an unknown option of a lesson is refused too', () => {
  expect(() => ansibleLesson({ package: [] } as never)).toThrow(
    expect.objectContaining({ code: 'PLUGIN_OPTION', message: expect.stringMatching(/"package"/) }),
  )
})

test('has a name of its own', () => {
  expect(ansible({ ping: true }).name).toBe('ansible')
  expect(ansible({ name: 'second', ping: true }).name).toBe('second')
})
