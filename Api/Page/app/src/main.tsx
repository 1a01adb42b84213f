import { render } from 'preact';
import './styles/base.css';
import './styles/layout.css';
import './styles/parts.css';
import { App } from './App';
import { followBlocks } from './live';
import { followLinks } from './router';

followLinks();
followBlocks();
render(<App />, document.getElementById('app')!);
