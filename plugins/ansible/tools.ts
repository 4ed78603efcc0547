import { type Need, toolset } from 'antidote'

/** ansible with what it logs in with by itself, where a playbook does, and what else is wanted. */
export const ansibleTools = (packages: readonly string[] = []): Need =>
  toolset(['ansible-core', 'sshpass', ...packages])
