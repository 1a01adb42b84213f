import { courses, pool, subnet } from '../../api';
import { Address } from '../../components/Address';
import { Amount, Change, Price } from '../../components/Amount';
import { Facts } from '../../components/Facts';
import { Empty, Loaded } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { grouped, percentOf } from '../../logic/amount';
import { changePercent } from '../../logic/decimal';
import { useQuery } from '../../query';
import { Depth } from './Depth';
import { Holders } from './Holders';
import { Metagraph } from './Metagraph';
import { PriceChart } from './PriceChart';
import { Trades } from './Trades';
import { SubnetValidators } from './SubnetValidators';

/** One subnet: its market, who holds it, who works in it. */
export function Subnet({ netuid }: { netuid: number }) {
  const market = useQuery(`pool ${netuid}`, (signal) => pool(netuid, signal), true);
  const details = useQuery(`subnet ${netuid}`, (signal) => subnet(netuid, signal), true);
  const isYoung = market.data !== undefined && market.data.change.hour === null;
  const course = useQuery(`course ${isYoung ? netuid : 'of none'}`, async (signal) => isYoung ? (await courses([netuid], signal)).get(netuid) ?? [] : [], true, 20_000);
  const sinceItBegan = (price: string) => course.data?.[0] === undefined ? null : changePercent(course.data[0], price);
  return (
    <Loaded query={market} what={`subnet ${netuid}`}>
      {(one) => one === undefined
        ? <section class="panel"><h1>Subnet {netuid}</h1><Empty>There is no subnet {netuid} on this network. The <a href="/">list of subnets</a> has those that are.</Empty></section>
        : <>
            <div class="title">
              <h1>{one.name || `Subnet ${netuid}`} <span class="badge">{one.symbol}</span></h1>
              <span class="muted">netuid {netuid}</span>
              {details.data ? <span class="muted small">owner <Address value={details.data.owner} /></span> : null}
              <a href={`/swap?netuid=${netuid}`}>Swap</a>
            </div>
            <Facts facts={[
              { label: 'Price', value: <Price value={one.price} digits={9} />, note: one.change.hour === null
                ? <><Change percent={sinceItBegan(one.price)} title="The subnet is younger than an hour" /> since it began</>
                : <><Change percent={one.change.hour} /> 1 h · <Change percent={one.change.day} /> 24 h</> },
              { label: 'TAO in the pool', value: <Amount rao={one.taoReserve} digits={3} /> },
              { label: 'Alpha in the pool', value: <Amount rao={one.alphaReserve} symbol={one.symbol} digits="compact" />, note: `${percentOf(one.alphaReserve, one.alphaReserve + one.alphaStaked)}% of all` },
              { label: 'Alpha held', value: <Amount rao={one.alphaStaked} symbol={one.symbol} digits="compact" /> },
              { label: 'Market cap', value: <Amount rao={one.marketCap} digits={3} /> },
              { label: 'Volume 24 h', value: one.volumeDay === null ? '–' : <Amount rao={one.volumeDay} digits={3} />, note: one.buysDay === null ? undefined : `${grouped(one.buysDay)} buys, ${grouped(one.sellsDay ?? 0)} sells` },
              ...(details.data ? [
                { label: 'Next epoch', value: details.data.blocksUntilEpoch === null ? '–' : `in ${grouped(details.data.blocksUntilEpoch)} blocks`, note: `tempo ${grouped(details.data.tempo)}` },
                { label: 'Neurons', value: grouped(details.data.neurons), note: <>of {grouped(details.data.seats)} seats{details.data.registrationCost === null ? null : <> · one costs <Amount rao={details.data.registrationCost} digits={3} /></>}</> },
              ] : []),
            ]} />
            <Tabs label="What to see of this subnet" tabs={[
              { key: 'market', label: 'Market', content: () => <><PriceChart pool={one} /><Trades pool={one} /></> },
              { key: 'depth', label: 'Depth', content: () => <Depth pool={one} /> },
              { key: 'holders', label: 'Holders', content: () => <Holders pool={one} /> },
              { key: 'validators', label: 'Validators', content: () => <SubnetValidators pool={one} /> },
              { key: 'metagraph', label: 'Metagraph', content: () => <Metagraph pool={one} subnet={details.data} /> },
            ]} />
          </>}
    </Loaded>
  );
}
