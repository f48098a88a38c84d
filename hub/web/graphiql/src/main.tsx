import './workers';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { createRoot } from 'react-dom/client';

import { Page } from './page';

createRoot(document.getElementById('root')!).render(<Page />);
