import { RouterProvider } from 'react-router/dom';
import { showPage } from '../shared/page-root';
import { router } from './router';

showPage(<RouterProvider router={router} />);
