/** Which plan belongs to which interaction that writes one resource (FHIR R4 section 3.1.0). */
import { PrivityError } from '../errors.ts';
import type { Interaction } from '../fhir/interaction.ts';
import { planCreate } from './answer-create.ts';
import { planConditionalDelete, planDelete } from './answer-delete.ts';
import { planConditionalPatch, planPatch } from './answer-patch.ts';
import { planConditionalUpdate, planUpdate } from './answer-update.ts';
import type { Planned } from './planned-write.ts';
import type { Session } from './session.ts';

/** @param within references that stand for what the same transaction creates */
export async function planWrite(session: Session, interaction: Interaction, within: ReadonlySet<string> = new Set()): Promise<Planned> {
  refuseBinaryChange(interaction);
  switch (interaction.kind) {
    case 'create':
      return planCreate(session, interaction, within);
    case 'update':
      return planUpdate(session, interaction, within);
    case 'update-conditional':
      return planConditionalUpdate(session, interaction, within);
    case 'patch':
      return planPatch(session, interaction, within);
    case 'patch-conditional':
      return planConditionalPatch(session, interaction, within);
    case 'delete':
      return planDelete(session, interaction);
    case 'delete-conditional':
      return planConditionalDelete(session, interaction);
    default:
      throw new PrivityError('not-supported', interaction.kind);
  }
}

export function isWrite({ kind }: Interaction): boolean {
  return /^(create|update|patch|delete)/.test(kind);
}

/** Documents that refer to a Binary vouch for its content: other content is another Binary. */
function refuseBinaryChange(interaction: Interaction): void {
  const conditional = interaction.kind === 'create' && interaction.condition !== undefined;
  if ('type' in interaction && interaction.type === 'Binary' && (interaction.kind !== 'create' || conditional))
    throw new PrivityError('not-supported', 'a Binary is created, and never changed');
}
