import { pools, validators } from '../api';
import { Address } from '../components/Address';
import { Empty, Loaded } from '../components/States';
import { useQuery } from '../query';
import { useRoute } from '../router';

/** What fits a name: subnets and validators. */
export function SearchPage() {
  const text = useRoute().query.get('q') ?? '';
  const wanted = text.trim().toLowerCase();
  const query = useQuery('names', async (signal) => ({ subnets: await pools(signal), validators: await validators(null, signal) }));
  return (
    <>
      <h1>Search: {text}</h1>
      <section class="panel">
        <Loaded query={query} what="names">
          {(data) => {
            const subnets = data.subnets.filter((one) => one.name.toLowerCase().includes(wanted) || one.symbol.toLowerCase() === wanted);
            const found = data.validators.filter((one) => one.name?.toLowerCase().includes(wanted) || one.hotkey.toLowerCase().startsWith(wanted));
            if (subnets.length + found.length === 0) {
              return <Empty>Nothing is called “{text}”. An address is ss58, or 0x and 64 digits, or on a development network a name such as //Alice; “#12” is block 12; “7” is subnet 7.</Empty>;
            }
            return <ul>
              {subnets.map((one) => <li key={one.netuid}><a href={`/subnets/${one.netuid}`}>{one.name || `Subnet ${one.netuid}`}</a> <span class="muted">subnet {one.netuid}</span></li>)}
              {found.map((one) => <li key={one.hotkey}><Address value={one.hotkey} name={one.name} of="validators" /> <span class="muted">validator</span></li>)}
            </ul>;
          }}
        </Loaded>
      </section>
    </>
  );
}
