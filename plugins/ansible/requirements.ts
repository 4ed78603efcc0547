import { join, resolve } from 'node:path'
import { type Need, toolset } from 'antidote'

/** Roles and collections that a file of requirements names, fetched once: `roles` and `collections` in the need. */
export const requirements = (file: string): Need => ({
  name: `requirements ${file}`,
  version: '1',
  inputs: {},
  files: [file],
  needs: { tools: toolset(['ansible-core', 'ca-certificates', 'git']) },
  make: async (step) => {
    const path = resolve(step.directory, file)
    await step.run(['ansible-galaxy', 'install', '-r', path], {
      tools: 'tools',
      network: true,
      readable: [path],
      env: {
        ANSIBLE_ROLES_PATH: join(step.out, 'roles'),
        ANSIBLE_COLLECTIONS_PATH: join(step.out, 'collections'),
        ANSIBLE_NOCOLOR: 'True',
      },
    })
  },
})
