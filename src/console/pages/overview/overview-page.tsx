/** What the gateway did lately, at a glance. */
import { PageHeader } from '../../components/page-header.tsx';
import { HealthCard } from './health-card.tsx';

export default function OverviewPage() {
  return (
    <>
      <PageHeader title="Overview" description="What was given and withheld, and whether everything works." />
      <HealthCard />
    </>
  );
}
