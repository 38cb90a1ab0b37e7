//! Toetssteen.
