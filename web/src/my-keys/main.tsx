import { showPage } from '../shared/page-root';
import { MyKeysPage } from './my-keys-page';
import { keepPageForOffline } from './offline';

showPage(<MyKeysPage />);
keepPageForOffline();
